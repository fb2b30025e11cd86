package demo

// The words the town is made of. All are common names or invented ones; no
// person, school or street is meant.
var (
	schoolFirst = []string{
		"Cottonwood", "Manzanita", "Quail", "Palo Verde", "Juniper", "Sagebrush", "Ocotillo", "Sycamore", "Desert Willow", "Roadrunner",
		"Piñon", "Toyon", "Cielo", "Granite", "Lupine", "Madrone", "Ironwood", "Mesquite", "Acorn", "Painted", "Meadowlark", "Laurel", "Paloma",
		"Buckeye", "Alder", "Sierra", "Luna", "Poppy", "Heron", "Bramble", "Caballo", "Arroyo", "Foxtail", "Mirador", "Tamarack", "Yucca", "Zorro",
	}
	schoolSecond = []string{
		"Creek", "Mesa", "Canyon", "Springs", "Grove", "Ridge", "Wash", "Flats", "Hollow", "Crossing", "Point",
		"Terrace", "Glen", "Bend", "Orchard", "Bluff", "Gate", "Pass", "Dunes", "Summit", "Spur", "Hills", "Landing",
	}

	city = "Valle Verde"
	// ruralCity is the settlement outside, with rural routes instead of streets.
	ruralCity   = "Piedra Llana"
	zips        = []string{"92594", "92597", "92598"}
	ruralZip    = "92598-0117"
	streetNames = []string{
		"Aspen Way", "Avenida del Sol", "Barranca Dr", "Calle Ocho", "Calle de la Luna", "Camino Sereno", "Cedar St", "Citrus Ave", "Clover Ln",
		"Coyote Trl", "Date St", "E 3rd St", "E Main St", "Elm St", "Hacienda Cir", "Hawthorn Ct", "Jacaranda Dr", "Kestrel Ct", "Lemon St",
		"Magnolia Ave", "N Ash St", "N Olive Ave", "Oleander Pl", "Orange Grove Rd", "Paseo Escondido", "Pepper Tree Ln", "Plum St", "Rancho Rd",
		"S Fig St", "Sage Ct", "St. Andrews Pl", "Tamarisk Ave", "Vista Larga", "W 7th St", "W Mission Blvd", "Walnut St", "Yarrow Ct", "Zinnia Way",
	}

	staffFirst = []string{
		"Alicia", "Andre", "Beatriz", "Carla", "Cynthia", "Daniel", "Dolores", "Edgar", "Elena", "Francis", "Gloria", "Hector", "Imani", "Irene",
		"Jamal", "Janet", "Joaquín", "Karen", "Kenji", "Lorena", "Luz", "Marcus", "Mónica", "Nadia", "Noel", "Olivia", "Paul", "Priya", "Rebecca",
		"Rosa", "Samuel", "Sofía", "Teresa", "Thomas", "Verónica", "Victor", "Wendy", "Yolanda",
	}
	staffLast = []string{
		"Abernathy", "Alarcón", "Bell", "Brandt", "Caldwell", "Castellanos", "Chavarría", "Cho", "Dawson", "Delgadillo", "Ebert", "Fontaine",
		"Galindo", "Greenwood", "Hale", "Iglesias", "Ito", "Jefferson", "Kowalski", "Lindqvist", "Lozano", "Maldonado", "McKenna", "Nakamura",
		"Nwosu", "O'Rourke", "Olvera", "Patel", "Pruitt", "Quezada", "Rasmussen", "Sandoval", "Serrano", "Tran", "Underwood", "Valadez", "Whitfield", "Zamora",
	}
)

// people are the names of families of one language.
type people struct {
	language           string
	last, girls, boys  []string
	women, men, middle []string
}

// peoples and peopleShare: six of ten families speak Spanish at home.
var (
	peopleShare = []float64{.60, .355, .016, .008, .008, .007, .006}
	peoples     = []people{
		{
			language: "es",
			last: []string{
				"García", "Hernández", "Martínez", "López", "González", "Rodríguez", "Pérez", "Sánchez", "Ramírez", "Cruz", "Flores", "Gómez", "Morales",
				"Vázquez", "Reyes", "Jiménez", "Torres", "Díaz", "Gutiérrez", "Ruiz", "Mendoza", "Aguilar", "Ortiz", "Núñez", "Castañeda", "Muñoz", "Ibáñez",
				"Zúñiga", "Peña", "Ávila", "Ayala", "Cisneros", "De la Cruz", "De la Torre", "Villaseñor", "Cárdenas", "Quiñones", "Echeverría", "Montes de Oca", "Ponce de León",
			},
			girls: []string{
				"Sofía", "Valentina", "Camila", "Ximena", "María José", "Renata", "Guadalupe", "Daniela", "Ana", "Lucía", "Mía", "Isabella", "Natalia", "Itzel",
				"Nayeli", "Fernanda", "Paloma", "Regina", "Ángela", "Yaretzi", "Dulce", "Esmeralda", "Jimena", "Zoé",
			},
			boys: []string{
				"José", "Mateo", "Santiago", "Diego", "Ángel", "Luis", "Juan Pablo", "Emiliano", "Sebastián", "Jesús", "Adrián", "Iván", "Óscar", "Leonardo",
				"Maximiliano", "Alejandro", "Gael", "Julián", "Andrés", "Ramón", "Martín", "Iñaki", "Ulises", "Elías",
			},
			women: []string{
				"María", "Rosa", "Guadalupe", "Verónica", "Leticia", "Adriana", "Claudia", "Yesenia", "Patricia", "Blanca", "Marisela", "Lourdes", "Araceli", "Concepción", "Socorro",
			},
			men: []string{
				"José", "Juan", "Miguel", "Francisco", "Jorge", "Arturo", "Ramiro", "Ignacio", "Raúl", "Héctor", "Gerardo", "Martín", "Efraín", "Salvador", "Tomás",
			},
			middle: []string{"", "", "", "Isabel", "Alberto", "Elena", "Antonio", "de Jesús", "Gabriel", "Inés"},
		},
		{
			language: "en",
			last: []string{
				"Adams", "Anderson", "Baker", "Brooks", "Carter", "Coleman", "D'Angelo", "D’Amico", "Davis", "Edwards", "Ellis", "Foster", "Freeman", "Grant", "Harris",
				"Howard", "Jackson", "Johnson", "Kelly", "Lefèvre", "Lewis", "MacLeod", "McAllister", "Miller", "Mitchell", "Moore", "Nelson", "O'Brien", "O’Neill", "Parker",
				"Price", "Robinson", "Schäfer", "Scott", "Smith", "St. John", "Sørensen", "Taylor", "Thompson", "Van der Berg", "Walker", "Washington", "White", "Williams", "Wright",
			},
			girls: []string{
				"Ava", "Emma", "Chloë", "Grace", "Hannah", "Jada", "Kayla", "Lily", "Madison", "Mary-Kate", "Naomi", "Olivia", "Riley", "Ruby", "Savannah", "Zoey", "Imani", "Aaliyah",
			},
			boys: []string{
				"Aiden", "Benjamin", "Caleb", "Dominic", "Elijah", "Ethan", "Isaiah", "Jayden", "Jean-Luc", "Liam", "Logan", "Mason", "Noah", "Owen", "Samuel", "Tyler", "De'Andre", "Xavier",
			},
			women:  []string{"Amanda", "Ashley", "Brittany", "Crystal", "Danielle", "Jennifer", "Jessica", "Keisha", "Laura", "Megan", "Nicole", "Rachel", "Stephanie", "Tamika"},
			men:    []string{"Andrew", "Brian", "Christopher", "Darnell", "David", "Eric", "James", "Jason", "Kevin", "Matthew", "Michael", "Robert", "Ryan", "William"},
			middle: []string{"", "", "Ann", "James", "Lee", "Marie", "Rose", "Michael", "Grace", "Thomas"},
		},
		{
			language: "vi",
			last:     []string{"Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ"},
			girls:    []string{"Ánh", "Mỹ Linh", "Thảo", "Hương", "Ngọc", "Phương"},
			boys:     []string{"Bảo", "Minh", "Đức", "Huy", "Quốc", "Tuấn"},
			women:    []string{"Thị Hồng", "Thị Lan", "Bích Thủy", "Kim Oanh"},
			men:      []string{"Văn Hùng", "Quang Vinh", "Đình Phúc", "Hữu Nghĩa"},
			middle:   []string{"Thị", "Văn", "Ngọc", ""},
		},
		{
			language: "hmn",
			last:     []string{"Vang", "Xiong", "Yang", "Moua", "Lor", "Thao"},
			girls:    []string{"Nkauj Hli", "Paj Ntaub", "Kaoxee", "Mai See"},
			boys:     []string{"Tou Ger", "Pao", "Xeng", "Kong Meng"},
			women:    []string{"Pa Houa", "Mee", "Bao Yer"},
			men:      []string{"Chue", "Nhia Pao", "Toua"},
			middle:   []string{""},
		},
		{
			language: "zh",
			last:     []string{"Chen", "Lín", "Liú", "Wáng", "Zhào", "Wǔ"},
			girls:    []string{"Měi", "Xiǎoyīng", "Jīng", "Yùlán"},
			boys:     []string{"Hào", "Jùn", "Zhìqiáng", "Wěi"},
			women:    []string{"Lìhuá", "Xuě", "Fāng"},
			men:      []string{"Jiànguó", "Bō", "Dōng"},
			middle:   []string{""},
		},
		{
			language: "ar",
			last:     []string{"Al-Masri", "Haddad", "Khoury", "El-Amin", "Nasser"},
			girls:    []string{"Layla", "Maryam", "Noor", "Salma"},
			boys:     []string{"Yusuf", "Omar", "Karim", "Abd al-Rahman"},
			women:    []string{"Fatima", "Rania", "Hala"},
			men:      []string{"Ahmad", "Khalid", "Samir"},
			middle:   []string{""},
		},
		{
			language: "tl",
			last:     []string{"Dela Cruz", "Bautista", "Macaraeg", "Santos", "Pangilinan"},
			girls:    []string{"Maria Corazon", "Luningning", "Tala", "Princess Joy"},
			boys:     []string{"Jose Rizalino", "Dakila", "Emmanuel", "Bayani"},
			women:    []string{"Ligaya", "Rowena", "Imelda"},
			men:      []string{"Rodel", "Danilo", "Reynaldo"},
			middle:   []string{"", "Santos", "Reyes"},
		},
	}

	// longLast and longFirst do not fit a window, a cell or a face sheet at
	// first try.
	longLast  = []string{"Villavicencio Echeverría de los Santos", "Montemayor-Goyeneche de la Fuente y Arteaga", "Papadimitrakopoulos-Featherstonehaugh"}
	longFirst = []string{"María Guadalupe de los Ángeles", "Maximiliano Bartolomé Alejandro", "Alexandrina-Konstantina Josephine"}
)
